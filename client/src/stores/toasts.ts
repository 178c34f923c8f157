import { ElNotification } from 'element-plus'
import { defineStore } from 'pinia'
import { h } from 'vue'

const KEY = 'flakebench.toasts'
const KEPT = 200

const readShown = (): string[] => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.map(String) : []
  } catch {
    return []
  }
}

interface Toast {
  readonly title: string
  readonly text: string
  readonly tone: 'success' | 'warning' | 'error' | 'info'
}

/** Short messages at the lower right. `showOnce` shows what has a key once in this browser tab, reloads included. */
export const useToasts = defineStore('toasts', () => {
  const shown = new Set(readShown())

  const show = ({ title, text, tone }: Toast): void => {
    ElNotification({
      title,
      message: h('span', { 'data-testid': 'toast' }, text),
      type: tone,
      position: 'bottom-right',
      duration: tone === 'error' ? 6_000 : 4_000,
      customClass: 'toast',
    })
  }
  const showOnce = (key: string, toast: Toast): void => {
    if (shown.has(key)) return
    shown.add(key)
    sessionStorage.setItem(KEY, JSON.stringify([...shown].slice(-KEPT)))
    show(toast)
  }
  return { show, showOnce }
})
