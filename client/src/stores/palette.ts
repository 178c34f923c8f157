import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether the command palette is open: the top bar and the keyboard open it. */
export const usePalette = defineStore('palette', () => {
  const isOpen = ref(false)
  const open = (): void => {
    isOpen.value = true
  }
  const close = (): void => {
    isOpen.value = false
  }
  return { isOpen, open, close }
})
