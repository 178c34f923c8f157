import { onScopeDispose, type Ref } from 'vue'
import { askServer } from '../../api/askServer.ts'
import { type TemplateRow, templatePoolsQuery, type ValuePools } from '../../api/documents/templateDocuments.ts'

const LOOK_EVERY_MS = 1_000

/** Looks each second how far the value pools are that are being prepared, and tells `show`; of the others it asks nothing. */
export const usePoolsWatch = (rows: Readonly<Ref<readonly TemplateRow[]>>, show: (id: string, pools: ValuePools) => void): void => {
  const asked = new Set<string>()
  const look = async ({ id }: TemplateRow): Promise<void> => {
    if (asked.has(id)) return
    asked.add(id)
    const { data } = await askServer(templatePoolsQuery, { id })
    asked.delete(id)
    const pools = data?.template?.valuePools
    if (pools !== undefined) show(id, pools)
  }
  const timer = setInterval(() => {
    for (const row of rows.value) if (row.valuePools.status === 'PREPARING') void look(row)
  }, LOOK_EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
}
