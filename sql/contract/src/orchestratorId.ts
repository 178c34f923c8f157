/** An orchestrator's id has room for 64 characters. */
const LONGEST_HOST = 27

/** Tells one server from every other: its host's name, or as much of it as there is room for, and something unique of 36 characters. */
export const orchestratorIdOf = (host: string, unique: string): string => `${host.slice(0, LONGEST_HOST)} ${unique}`

/** Whether this orchestrator may be on this host; of names that are alike for as long as there is room, that cannot be told. */
export const isOrchestratorOn = (orchestratorId: string, host: string): boolean =>
  host !== '' && orchestratorId.split(' ')[0] === host.slice(0, LONGEST_HOST)
