import { ElMessageBox } from 'element-plus'
import { onScopeDispose, ref, shallowRef } from 'vue'
import { askUntilAnswered, tellServer } from '../../api/askServer.ts'
import {
  type ConnectionTest,
  connectionListQuery,
  deleteConnectionMutation,
  type SavedConnection,
  setDefaultConnectionMutation,
  testConnectionMutation,
} from '../../api/documents/connectionDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'

export interface FailedAction {
  readonly title: string
  readonly problem: ServerProblem
}

/** The saved connections, and what can be done with one of them. What a sign-in came to stays until the next one. */
export const useConnectionList = () => {
  const rows = shallowRef<readonly SavedConnection[] | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  const failed = shallowRef<FailedAction | null>(null)
  const testing = ref<ReadonlySet<string>>(new Set())
  const outcomes = ref<ReadonlyMap<string, ConnectionTest>>(new Map())
  let turn = 0
  onScopeDispose(() => {
    turn++
  })

  const load = async (): Promise<void> => {
    const mine = ++turn
    const answer = await askUntilAnswered(
      connectionListQuery,
      {},
      () => mine === turn,
      found => {
        problem.value = found
      },
    )
    if (answer === null) return
    problem.value = answer.problem
    if (answer.data !== null) rows.value = answer.data.connections
  }

  const forget = (id: string): void => {
    outcomes.value = new Map([...outcomes.value].filter(([each]) => each !== id))
  }

  const test = async ({ id, name }: SavedConnection): Promise<void> => {
    if (testing.value.has(id)) return
    testing.value = new Set([...testing.value, id])
    failed.value = null
    forget(id)
    const { data, problem: found } = await tellServer(testConnectionMutation, { id })
    testing.value = new Set([...testing.value].filter(each => each !== id))
    if (found === null) outcomes.value = new Map([...outcomes.value, [id, data.testConnection]])
    else failed.value = { title: `“${name}” could not be tested`, problem: found }
  }

  const makeDefault = async ({ id, name }: SavedConnection): Promise<void> => {
    failed.value = null
    const { problem: found } = await tellServer(setDefaultConnectionMutation, { id })
    if (found === null) await load()
    else failed.value = { title: `“${name}” could not be made the default`, problem: found }
  }

  const confirmRemoval = async (name: string): Promise<boolean> => {
    try {
      await ElMessageBox.confirm(
        `The connection “${name}” and the secret that is kept for it are removed for everyone and cannot be brought back.`,
        'Delete this connection?',
        { confirmButtonText: 'Delete connection', cancelButtonText: 'Keep it', confirmButtonType: 'danger', autofocus: false },
      )
      return true
    } catch {
      return false
    }
  }
  const remove = async ({ id, name }: SavedConnection): Promise<void> => {
    if (!(await confirmRemoval(name))) return
    failed.value = null
    const { problem: found } = await tellServer(deleteConnectionMutation, { id })
    if (found === null) await load()
    else failed.value = { title: `“${name}” could not be deleted`, problem: found }
  }
  return { rows, problem, failed, testing, outcomes, load, forget, test, makeDefault, remove }
}
