import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { asAdmin } from './asAdmin.ts'
import type { MadeCertificate } from './certificates.ts'
import { makeEmbeddedHome } from './embeddedHome.ts'
import { until } from './processes.ts'
import { type FreshSutDatabase, freshSutDatabase } from './sutDatabase.ts'

/** A PostgreSQL of its own that lets everybody but its superuser in over TLS only, with a system under test on it. */
export interface TlsSut {
  readonly sut: FreshSutDatabase
  /** Makes it show another certificate from now on. */
  show(certificate: MadeCertificate): Promise<void>
  close(): Promise<void>
}

const GRACE_SECONDS = 5

export const openTlsSut = async (rows: number, first: MadeCertificate): Promise<TlsSut> => {
  const home = makeEmbeddedHome()
  const cluster = await ensureCluster({ home: home.path, name: 'tls', settings: { fsync: 'off' }, graceSeconds: GRACE_SECONDS })
  const adminUrl = cluster.url('postgres')
  const { uid, gid } = statSync(cluster.dataDirectory)
  const put = (name: string, content: string): void => {
    const file = join(cluster.dataDirectory, name)
    writeFileSync(file, content)
    chmodSync(file, 0o600)
    chownSync(file, uid, gid)
  }
  const show: TlsSut['show'] = async ({ certificate, key }) => {
    put('server.crt', certificate)
    put('server.key', key)
    const before = await reload()
    await until('PostgreSQL has read its certificate', loadedAt, at => at > before)
  }
  const loadedAt = (): Promise<number> =>
    asAdmin(adminUrl, async admin => Number((await admin.query('SELECT extract(epoch FROM pg_conf_load_time()) AS at')).rows[0]?.at))
  /** @returns when it had read its settings before */
  const reload = async (): Promise<number> => {
    const before = await loadedAt()
    await asAdmin(adminUrl, admin => admin.query('SELECT pg_reload_conf()'))
    return before
  }
  put('server.crt', first.certificate)
  put('server.key', first.key)
  const hba = readFileSync(join(cluster.dataDirectory, 'pg_hba.conf'), 'utf8')
  put(
    'pg_hba.conf',
    `host all postgres samehost scram-sha-256\nhostssl all all all scram-sha-256\n# Before:\n${hba.replaceAll(/^/gm, '#')}`,
  )
  await asAdmin(adminUrl, admin => admin.query('ALTER SYSTEM SET ssl = on'))
  const before = await reload()
  await until('PostgreSQL speaks TLS', loadedAt, at => at > before)
  const sut = await freshSutDatabase({ rows, adminUrl })
  return {
    sut,
    show,
    close: async () => {
      await sut.drop()
      await cluster.stop()
      await home.close()
    },
  }
}
