import type { KindSnapshot, WorkerSnapshot } from '@flakebench/contract'
import { SumHistogram } from './sumHistogram.ts'

interface OpenKind {
  readonly kind: KindSnapshot['kind']
  readonly label: string
  operations: number
  errors: number
  readonly latency: SumHistogram
  readonly service: SumHistogram
}

/** Figures by kind with their histograms decoded; kinds keep the order in which they first appear. `free` gives the histograms' memory back. */
export class KindHistograms {
  readonly #kinds = new Map<string, OpenKind>()

  /** @throws when a histogram cannot be read; then nothing is held */
  static decode(byKind: readonly KindSnapshot[]): KindHistograms {
    const decoded = new KindHistograms()
    try {
      for (const one of byKind) {
        const { kind, label, operations, errors } = one
        const none = { kind, label, operations: 0, errors: 0, service: new SumHistogram() }
        decoded.#addKind({ ...none, operations, errors, latency: SumHistogram.of(one.latency) })
        // A row of an earlier version has no service times.
        decoded.#addKind({ ...none, latency: new SumHistogram(), service: SumHistogram.of(one.service ?? null) })
      }
    } catch (error) {
      decoded.free()
      throw error
    }
    return decoded
  }

  /** Adds the other's figures to these; the other remains as it is. */
  add(other: KindHistograms): void {
    for (const one of other.#kinds.values()) {
      const { operations, errors, latency, service } = one
      const sum = this.#kinds.get(keyOf(one)) ?? {
        ...one,
        operations: 0,
        errors: 0,
        latency: new SumHistogram(),
        service: new SumHistogram(),
      }
      this.#kinds.set(keyOf(one), sum)
      sum.operations += operations
      sum.errors += errors
      sum.latency.add(latency)
      sum.service.add(service)
    }
  }

  /** Takes it as its own. */
  #addKind(one: OpenKind): void {
    const sum = this.#kinds.get(keyOf(one))
    if (sum === undefined) {
      this.#kinds.set(keyOf(one), one)
      return
    }
    sum.operations += one.operations
    sum.errors += one.errors
    sum.latency.add(one.latency)
    sum.service.add(one.service)
    one.latency.free()
    one.service.free()
  }

  encode(): KindSnapshot[] {
    return [...this.#kinds.values()].map(({ kind, label, operations, errors, latency, service }) => ({
      kind,
      label,
      operations,
      errors,
      latency: latency.encode(),
      service: service.encode(),
    }))
  }

  /** Of each kind. */
  latencies(): SumHistogram[] {
    return [...this.#kinds.values()].map(({ latency }) => latency)
  }

  services(): SumHistogram[] {
    return [...this.#kinds.values()].map(({ service }) => service)
  }

  free(): void {
    for (const { latency, service } of this.#kinds.values()) {
      latency.free()
      service.free()
    }
    this.#kinds.clear()
  }
}

const keyOf = ({ kind, label }: Pick<KindSnapshot, 'kind' | 'label'>): string => `${kind}\n${label}`

/** A snapshot whose histograms are decoded. */
export interface OpenSnapshot {
  readonly snapshot: WorkerSnapshot
  readonly kinds: KindHistograms
  /** Of `arrivals`. */
  readonly clockError: SumHistogram
}

/** @throws when a histogram cannot be read; then nothing is held */
export const openSnapshot = (snapshot: WorkerSnapshot): OpenSnapshot => {
  const clockError = SumHistogram.of(snapshot.arrivals?.clockError ?? null)
  try {
    return { snapshot, kinds: KindHistograms.decode(snapshot.byKind), clockError }
  } catch (error) {
    clockError.free()
    throw error
  }
}

/** Hands these to `read` with their histograms decoded, for as long as it lasts. @throws when one cannot be read */
export const withOpen = <T>(snapshots: readonly WorkerSnapshot[], read: (open: readonly OpenSnapshot[]) => T): T => {
  const open: OpenSnapshot[] = []
  try {
    for (const snapshot of snapshots) open.push(openSnapshot(snapshot))
    return read(open)
  } finally {
    for (const one of open) freeSnapshot(one)
  }
}

const freeSnapshot = ({ kinds, clockError }: OpenSnapshot): void => {
  kinds.free()
  clockError.free()
}
