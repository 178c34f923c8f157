import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkDataDirectory, checkReachable, makeDirectory } from './home.ts'
import { chooseServerUser, type ServerUser } from './runAs.ts'

/** Where a cluster lives, and as whom it runs. All paths are real ones. */
export interface ClusterFiles {
  readonly home: string
  /** `<home>/<name>`, with everything below. */
  readonly directory: string
  readonly data: string
  readonly log: string
  readonly port: string
  readonly lock: string
  readonly user: ServerUser
}

/** Makes the directories of a cluster (not its data) and refuses a home that its server could not use. */
export const prepareClusterFiles = async (home: string, name: string): Promise<ClusterFiles> => {
  const dataPath = join(resolve(home), name, 'data')
  const user = chooseServerUser(existsSync(dataPath) ? statSync(dataPath).uid : undefined)
  const realHome = await makeDirectory(home, user)
  const directory = await makeDirectory(join(realHome, name), user)
  const data = join(directory, 'data')
  await checkReachable(directory, user)
  await checkDataDirectory(data, user)
  return {
    home: realHome,
    directory,
    data,
    log: join(directory, 'postgres.log'),
    port: join(directory, 'last-port'),
    lock: join(realHome, 'locks', name),
    user,
  }
}
