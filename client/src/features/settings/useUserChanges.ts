import { ElMessageBox } from 'element-plus'
import { shallowRef } from 'vue'
import { tellServer } from '../../api/askServer.ts'
import { deleteUserMutation, type User, updateUserMutation } from '../../api/documents/settingsDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'

interface FailedChange {
  readonly title: string
  readonly problem: ServerProblem
}

const isSure = async (title: string, text: string, act: string): Promise<boolean> => {
  try {
    await ElMessageBox.confirm(text, title, {
      confirmButtonText: act,
      cancelButtonText: 'Keep as it is',
      confirmButtonType: 'danger',
      autofocus: false,
    })
    return true
  } catch {
    return false
  }
}

/** What one does to a user that is there and that must be confirmed. `reload` shows what the server says afterwards. */
export const useUserChanges = (reload: () => Promise<void>) => {
  const failed = shallowRef<FailedChange | null>(null)

  const setDisabled = async ({ id, name, role }: User, isDisabled: boolean): Promise<void> => {
    if (
      isDisabled &&
      !(await isSure(
        `Disable ${name}?`,
        'They cannot sign in any more, are signed out everywhere, and their tokens stop working. You can let them in again.',
        'Disable',
      ))
    )
      return
    failed.value = null
    const { problem } = await tellServer(updateUserMutation, { id, input: { name, role, isDisabled } })
    if (problem !== null) failed.value = { title: `${name} was not changed`, problem }
    await reload()
  }
  const remove = async ({ id, name }: User): Promise<void> => {
    const text = `They are signed out everywhere and their tokens stop working. What they did stays: runs, templates, and their lines in the audit log. This cannot be undone.`
    if (!(await isSure(`Delete ${name}?`, text, 'Delete user'))) return
    failed.value = null
    const { problem } = await tellServer(deleteUserMutation, { id })
    if (problem !== null) failed.value = { title: `${name} was not deleted`, problem }
    await reload()
  }
  return { failed, setDisabled, remove }
}
