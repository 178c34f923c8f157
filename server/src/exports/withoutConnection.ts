import type { Plan } from '@flakebench/contract'

/** A plan as it leaves this installation: without what says where its system under test is. */
export const withoutConnection = (plan: Plan): Plan => ({
  ...plan,
  target: { ...plan.target, connectionId: null },
  sut: [],
  poolSetId: null,
})
