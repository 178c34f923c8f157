import type { SnowflakeConnection } from '@flakebench/store'
import type { Engine } from './engine.ts'
import type { EngineSettings } from './engines.ts'

export const snowflakeEngine = ({ connection }: EngineSettings<SnowflakeConnection>): Engine => {
  throw new Error(`no engine yet for ${connection.type}`)
}
