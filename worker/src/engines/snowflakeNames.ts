export { asIdentifier, meantName, placesOf, qualifiedName, quoteName, quoteText, type SnowflakeTable } from '@flakebench/store'
