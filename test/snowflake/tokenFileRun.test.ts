import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'

let sut: SnowflakeSut
let kit: RunKit
beforeAll(async () => {
  sut = await freshSnowflakeSut({ rows: 100, server: { users: [{ name: 'BENCH', password: 'bench', oauthTokens: ['fresh'] }] } })
  kit = await openRunKit({ snowflake: sut })
})
afterAll(async () => {
  await kit?.close()
  await sut?.drop()
})

it('a run signs in with the token of a file, as long as the file is in the folder of tokens', async () => {
  const tokenFile = join(kit.home, 'tokens', 'oauth')
  writeFileSync(tokenFile, 'fresh', { mode: 0o600 })
  const { createConnection } = await kit.graphql<{ createConnection: { id: string } }>(
    'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id } }',
    {
      input: {
        name: 'By file',
        snowflake: { account: 'FLAKEBENCH', user: '', authenticator: 'OAUTH', tokenFile, accessUrl: sut.wire.url },
      },
    },
  )
  const template = await kit.createTemplate({ name: 'By file', target: { connectionId: createConnection.id } })
  const done = await kit.run({ workers: 1, warmupSeconds: 0, durationSeconds: 1 }, template)
  expect(done.status).toBe('COMPLETED')
  expect(done.result?.totalOperations).toBeGreaterThan(0)

  const elsewhere = join(kit.home, 'elsewhere')
  writeFileSync(elsewhere, 'fresh', { mode: 0o600 })
  rmSync(tokenFile)
  symlinkSync(elsewhere, tokenFile)
  const refused = await kit.run({ workers: 1, warmupSeconds: 0, durationSeconds: 1 }, template)
  expect(refused.status).toBe('FAILED')
  expect(refused.cancellationReason).toMatch(/the token file must be a file in .*\/tokens/)
})
