import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

/** The last part of the breadcrumb, told by the page that is shown, and the title of the browser tab. */
export const usePageTitle = defineStore('pageTitle', () => {
  const section = ref('')
  const name = ref('')
  const prefix = ref('')
  watch([section, name, prefix], () => {
    const parts = [prefix.value, name.value || section.value].filter(part => part !== '')
    document.title = [parts.join(' · '), 'FlakeBench'].filter(part => part !== '').join(' – ')
  })
  return { section, name, prefix }
})
