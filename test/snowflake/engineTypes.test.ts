import type { TableType } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { samplePlan } from '../kit/samplePlan.ts'
import { engineOn, executeOn, operationOf, statementOf } from '../kit/snowflakeLoad.ts'
import { freshSnowflakeSut } from '../kit/snowflakeSut.ts'

const { target } = samplePlan()

describe('a table of type', () => {
  it.each(['STANDARD', 'DYNAMIC', 'VIEW'] as const)('%s is looked at as what it is, its keys included', async tableType => {
    const sut = await freshSnowflakeSut({ rows: 50, tableType })
    expect(await engineOn(sut).profile(target, 42)).toMatchObject({ keyColumn: 'ORDER_ID', keyRange: { min: 1, max: 50 }, rowEstimate: 50 })
  })

  it.each(['HYBRID', 'INTERACTIVE'] as const)('%s is never scanned for its keys: value pools are asked for', async tableType => {
    const sut = await freshSnowflakeSut({ rows: 50, tableType })
    await expect(engineOn(sut).profile(target, 42)).rejects.toThrow(/prepare the template's value pools first/)
    expect(await engineOn(sut, { poolSetId: 'P1' }).profile(target, 42)).toMatchObject({
      keyColumn: 'ORDER_ID',
      keyRange: null,
      sampledKeys: [],
    })
    expect(await engineOn(sut, { operations: [operationOf('INSERT')] }).profile(target, 42)).toMatchObject({ keyRange: null })
    expect(sut.wire.statements().some(({ text }) => /\bM(IN|AX)\(/.test(text))).toBe(false)
  })

  it.each([
    ['HYBRID', 'STANDARD'],
    ['VIEW', 'STANDARD'],
    ['INTERACTIVE', 'DYNAMIC'],
    ['STANDARD', 'HYBRID'],
  ] as [Exclude<TableType, 'POSTGRES'>, TableType][])('%s is refused where the template says %s', async (tableType, said) => {
    const sut = await freshSnowflakeSut({ rows: 10, tableType })
    const { database, schema, table, warehouse } = sut
    const engine = engineOn(sut, { target: { ...target, database, schema, table, warehouse, tableType: said } })
    await expect(engine.profile(target, 42)).rejects.toThrow(
      new RegExp(
        `BENCH.PUBLIC.ORDERS is an? .*(${tableType === 'VIEW' ? 'view' : `${tableType.toLowerCase()} table`}), .* set target.tableType to ${tableType}`,
      ),
    )
  })

  it('INTERACTIVE takes no update, which its rehearsal says', async () => {
    const sut = await freshSnowflakeSut({ rows: 10, tableType: 'INTERACTIVE' })
    const engine = engineOn(sut, { operations: [operationOf('INSERT')] })
    const connection = await engine.connect()
    const update = 'UPDATE ORDERS SET NOTE = ? WHERE ORDER_ID = ?'
    const error = await connection.rehearse(statementOf(update, 2), ['x', 1]).catch((refused: unknown) => refused)
    expect(engine.explainStatement(error, 'update')).toMatch(/^The update /)
    expect(await executeOn(connection, update, ['x', 1])).toMatchObject({ category: expect.any(String) })
    await connection.close()
  })

  it('any, on an interactive warehouse, is shown its limit of five seconds', async () => {
    const sut = await freshSnowflakeSut({ rows: 10, server: { warehouses: [{ name: 'BENCH_WH', isInteractive: true }] } })
    const { settings } = await engineOn(sut, { advanced: { statementTimeoutSeconds: 60 } }).profile(target, 42)
    expect(settings['statement_limit']).toMatch(/^5 s: .*60 s/)
    const short = await engineOn(sut, { advanced: { statementTimeoutSeconds: 5 } }).profile(target, 42)
    expect(short.settings).not.toHaveProperty('statement_limit')
  })
})

describe('a target', () => {
  it('that is not there is refused with what to check', async () => {
    const sut = await freshSnowflakeSut({ rows: 10 })
    const of = (change: object) => {
      const { database, schema, table, warehouse, tableType } = sut
      return engineOn(sut, { target: { ...target, database, schema, table, warehouse, tableType, ...change } })
    }
    await expect(of({ table: 'NOPE' }).profile(target, 42)).rejects.toThrow(
      /The table BENCH.PUBLIC.NOPE does not exist, or .* check the template's target/,
    )
    await expect(of({ schema: 'NOPE' }).tableName(target)).rejects.toThrow(/BENCH.NOPE.ORDERS does not exist/)
    await expect(of({ database: 'NOPE' }).tableName(target)).rejects.toThrow(/NOPE.PUBLIC.ORDERS does not exist/)
    await expect(of({ warehouse: 'NOPE' }).profile(target, 42)).rejects.toThrow(/warehouse/i)
  })
})
