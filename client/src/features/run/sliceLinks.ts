import type { RunPlan } from '../../api/documents/runDocuments.ts'
import type { SliceFigures } from '../../api/documents/runPartDocuments.ts'
import type { ExecutionView } from '../../stores/executionView.ts'
import { isKind } from '../../ui/words/kinds.ts'

const MEASURED: Partial<ExecutionView> = { phase: 'MEASUREMENT', counted: true }

type Operation = Pick<RunPlan['operations'][number], 'label' | 'operationType'>

/** Which executions a row of the figures counts; reads and writes are told apart by the labels that the plan's operations have. */
export const linkOfSlice = (
  { slice, name }: Pick<SliceFigures, 'slice' | 'name'>,
  operations: readonly Operation[],
): Partial<ExecutionView> => {
  switch (slice) {
    case 'PHASE':
      return { phase: name === 'WARMUP' ? 'WARMUP' : 'MEASUREMENT', counted: true }
    case 'KIND':
      return isKind(name) ? { ...MEASURED, kinds: [name] } : MEASURED
    case 'LABEL':
      return { ...MEASURED, labels: [name] }
    case 'OPERATION_TYPE':
      return { ...MEASURED, labels: operations.filter(each => each.operationType === name).map(each => each.label) }
    case 'WORKER':
      return { ...MEASURED, workerId: name }
    case 'ALL':
      return MEASURED
  }
}
