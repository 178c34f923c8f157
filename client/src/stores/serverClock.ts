import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ClockOffset, nextOffset } from './nextOffset.ts'

const TICK_EVERY_MS = 200

/** Milliseconds that no change of the wall clock moves. */
export const localNowMs = (): number => performance.timeOrigin + performance.now()

/** The server's clock, kept as one offset from ours; timers on the page are moments subtracted from `nowMs`. */
export const useServerClock = defineStore('serverClock', () => {
  const offset = shallowRef<ClockOffset | null>(null)
  const localMs = ref(localNowMs())
  setInterval(() => {
    localMs.value = localNowMs()
  }, TICK_EVERY_MS)

  const nowMs = computed(() => localMs.value + (offset.value?.offsetMs ?? 0))
  const observe = (serverNow: string): void => {
    offset.value = nextOffset(offset.value, Date.parse(serverNow) - localNowMs())
  }
  return { nowMs, localMs, observe }
})
