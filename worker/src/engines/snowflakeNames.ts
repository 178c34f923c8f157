export { asIdentifier, likePattern, meantName, placesOf, qualifiedName, quoteName, quoteText, type SnowflakeTable } from '@flakebench/store'
