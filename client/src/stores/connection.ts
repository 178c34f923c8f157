import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { socket } from '../api/socket.ts'

export type ConnectionState = 'CONNECTING' | 'CONNECTED' | 'RECONNECTING'

/** Whether the server can be heard. `reconnectCount` grows each time a lost connection came back. */
export const useConnection = defineStore('connection', () => {
  const state = ref<ConnectionState>('CONNECTING')
  const reconnectCount = ref(0)

  socket.on('connected', () => {
    if (state.value === 'RECONNECTING') reconnectCount.value++
    state.value = 'CONNECTED'
  })
  socket.on('closed', () => {
    state.value = 'RECONNECTING'
  })
  window.addEventListener('offline', () => {
    if (state.value === 'CONNECTED') socket.terminate()
  })
  return { state, reconnectCount, isConnected: computed(() => state.value === 'CONNECTED') }
})
