import type { WireWarehouse } from '../options.ts'
import { SnowflakeError } from '../sql/translation.ts'
import { createWarehouse, type Warehouse, type WarehouseSettings } from './warehouse.ts'

/** The warehouses of the account. */
export interface Warehouses {
  /** @param name in upper case */
  find(name: string): Warehouse | null
  list(): readonly Warehouse[]
  /** The one that a session has in use. @throws SnowflakeError there is none */
  inUse(name: string | null): Warehouse
  /** @throws SnowflakeError there is no such warehouse, or it is not known how to do that */
  alter(name: string, action: string): void
  close(): void
}

export const createWarehouses = (wanted: readonly WireWarehouse[]): Warehouses => {
  const byName = new Map(wanted.map(createWarehouse).map(warehouse => [warehouse.name, warehouse]))
  const find = (name: string): Warehouse | null => byName.get(name) ?? null
  return {
    find,
    list: () => [...byName.values()],
    inUse(name) {
      const warehouse = name === null ? null : find(name)
      if (warehouse === null || (warehouse.state === 'SUSPENDED' && !warehouse.settings.autoResume)) {
        throw new SnowflakeError(
          '000606',
          '57P03',
          "No active warehouse selected in the current session. Select an active warehouse with the 'use warehouse' command.",
        )
      }
      return warehouse
    },
    alter(name, action) {
      const warehouse = find(name)
      if (warehouse === null)
        throw new SnowflakeError('002043', '02000', `SQL compilation error:\nWarehouse '${name}' does not exist or not authorized.`)
      alterWarehouse(warehouse, action)
      warehouse.updatedAtMs = Date.now()
    },
    close() {
      for (const warehouse of byName.values()) warehouse.close()
    },
  }
}

const alterWarehouse = (warehouse: Warehouse, action: string): void => {
  if (/^RESUME(\s+IF\s+SUSPENDED)?$/i.test(action)) {
    if (warehouse.state !== 'SUSPENDED' && !/IF/i.test(action)) throw invalidState(warehouse, 'resumed')
    warehouse.resume()
  } else if (/^SUSPEND$/i.test(action)) {
    if (warehouse.state === 'SUSPENDED') throw invalidState(warehouse, 'suspended')
    warehouse.suspend()
  } else setProperties(warehouse, action)
}

const setProperties = (warehouse: Warehouse, action: string): void => {
  const list = /^SET\s+([\s\S]+)$/i.exec(action)?.[1]
  if (list === undefined) throw new SnowflakeError('001003', '42000', `SQL compilation error:\nsyntax error unexpected '${action}'.`)
  for (const [, property = '', text, plain] of list.matchAll(/(\w+)\s*=\s*(?:'([^']*)'|([\w.-]+))/g)) {
    const set = SETTERS[property.toUpperCase()]
    if (set === undefined)
      throw new SnowflakeError('001420', '22023', `SQL compilation error:\ninvalid property '${property}' for 'WAREHOUSE'`)
    set(warehouse.settings, text ?? plain ?? '')
  }
  warehouse.adjust()
}

const invalidState = (warehouse: Warehouse, done: string): SnowflakeError =>
  new SnowflakeError('090064', '22000', `Invalid state. Warehouse '${warehouse.name}' cannot be ${done}.`)

const SIZES: Readonly<Record<string, string>> = {
  XSMALL: 'X-Small',
  SMALL: 'Small',
  MEDIUM: 'Medium',
  LARGE: 'Large',
  XLARGE: 'X-Large',
  XXLARGE: '2X-Large',
  X2LARGE: '2X-Large',
  XXXLARGE: '3X-Large',
  X3LARGE: '3X-Large',
  X4LARGE: '4X-Large',
}

const SETTERS: Readonly<Record<string, (settings: WarehouseSettings, value: string) => void>> = {
  WAREHOUSE_SIZE: (settings, value) => {
    settings.size = SIZES[value.toUpperCase().replaceAll(/[-_]/g, '')] ?? value
  },
  MIN_CLUSTER_COUNT: (settings, value) => {
    settings.minClusters = Number(value)
  },
  MAX_CLUSTER_COUNT: (settings, value) => {
    settings.maxClusters = Number(value)
  },
  MAX_CONCURRENCY_LEVEL: (settings, value) => {
    settings.statementsPerCluster = Number(value)
  },
  SCALING_POLICY: (settings, value) => {
    settings.scalingPolicy = value.toUpperCase() === 'ECONOMY' ? 'ECONOMY' : 'STANDARD'
  },
  AUTO_SUSPEND: (settings, value) => {
    settings.autoSuspendSeconds = Number(value) || 0
  },
  AUTO_RESUME: (settings, value) => {
    settings.autoResume = value.toUpperCase() === 'TRUE'
  },
  STATEMENT_TIMEOUT_IN_SECONDS: (settings, value) => {
    settings.statementTimeoutSeconds = Number(value)
  },
  COMMENT: (settings, value) => {
    settings.comment = value
  },
}
