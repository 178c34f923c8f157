import { type SnowflakeDriver, SnowflakeTimeout } from '@flakebench/store'
import type { DriverConnection } from './driverConnection.ts'

type DriverOptions = NonNullable<Parameters<SnowflakeDriver['createConnection']>[0]>

/** One sign-in, without another try. @param options fresh ones: the driver changes them. @throws the driver's own error, or SnowflakeTimeout */
export const signInToSnowflake = (driver: SnowflakeDriver, options: DriverOptions, timeoutMs: number): Promise<DriverConnection> =>
  new Promise((resolve, reject) => {
    const connection = driver.createConnection(options)
    let isOver = false
    const timer = setTimeout(() => {
      isOver = true
      reject(new SnowflakeTimeout('no session was granted', timeoutMs))
    }, timeoutMs)
    connection.connect(error => {
      // Granted after all, when nobody waits for it any more.
      if (isOver) {
        if (!error) connection.destroy(() => undefined)
        return
      }
      isOver = true
      clearTimeout(timer)
      if (error) reject(error)
      else resolve(connection)
    })
  })
