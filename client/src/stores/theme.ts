import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'flakebench.theme'
const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark']

const readChoice = (): ThemeChoice => {
  const kept = localStorage.getItem(KEY)
  return CHOICES.find(choice => choice === kept) ?? 'system'
}

/** Light or dark: the system's choice until the reader makes one; `html.dark` is what the styles look at. */
export const useTheme = defineStore('theme', () => {
  const choice = ref(readChoice())
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const systemIsDark = ref(system.matches)
  system.addEventListener('change', event => {
    systemIsDark.value = event.matches
  })
  const isDark = computed(() => choice.value === 'dark' || (choice.value === 'system' && systemIsDark.value))

  watch(
    isDark,
    dark => {
      document.documentElement.classList.toggle('dark', dark)
      document.documentElement.style.colorScheme = dark ? 'dark' : 'light'
    },
    { immediate: true, flush: 'sync' },
  )
  const choose = (chosen: ThemeChoice): void => {
    choice.value = chosen
    localStorage.setItem(KEY, chosen)
  }
  const chooseNext = (): void => choose(CHOICES[(CHOICES.indexOf(choice.value) + 1) % CHOICES.length] ?? 'system')
  return { choice, isDark, choose, chooseNext }
})
