import { NoAdminLeft } from '@flakebench/store'
import { Refusal } from '../refusal.ts'

/** Does what may leave no admin who can sign in. @param name of the user @throws Refusal CONFLICT when it would */
export const keepingAnAdmin = async <T>(name: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof NoAdminLeft)) throw error
    throw new Refusal('CONFLICT', `"${name}" is the last admin who can sign in: make another one first`)
  }
}
