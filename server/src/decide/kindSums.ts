import { addEncoded, type ErrorCount, type KindSnapshot } from '@flakebench/contract'

/** Adds figures of the same kind and label; kinds keep the order in which they first appear. */
export const addKinds = (parts: Iterable<readonly KindSnapshot[]>): KindSnapshot[] => {
  const groups = new Map<string, KindSnapshot[]>()
  for (const part of parts) {
    for (const one of part) {
      const key = `${one.kind}\n${one.label}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [one])
      else group.push(one)
    }
  }
  return [...groups.values()].map(group => ({
    kind: (group[0] as KindSnapshot).kind,
    label: (group[0] as KindSnapshot).label,
    operations: sum(group.map(one => one.operations)),
    errors: sum(group.map(one => one.errors)),
    latency: addEncoded(group.map(one => one.latency)),
    service: addEncoded(group.map(one => one.service ?? null)),
  }))
}

/** Adds error counts by category; the first sample of each is kept. */
export const addErrors = (parts: Iterable<readonly ErrorCount[]>): ErrorCount[] => {
  const sums = new Map<string, ErrorCount>()
  for (const part of parts) {
    for (const one of part) {
      const before = sums.get(one.category)
      sums.set(
        one.category,
        before === undefined ? one : { ...before, count: before.count + one.count, sample: before.sample ?? one.sample },
      )
    }
  }
  return [...sums.values()].sort((a, b) => b.count - a.count)
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
