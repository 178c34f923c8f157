import { onBeforeUnmount, onMounted, type Ref, ref, type ShallowRef } from 'vue'

/** Turns true, and stays so, when the element comes near what is seen: then its content is worth asking for. */
export const useNear = (element: Readonly<ShallowRef<HTMLElement | null>>): Readonly<Ref<boolean>> => {
  const isNear = ref(false)
  const observer = new IntersectionObserver(
    entries => {
      if (!entries.some(entry => entry.isIntersecting)) return
      isNear.value = true
      observer.disconnect()
    },
    { rootMargin: '400px' },
  )
  onMounted(() => {
    if (element.value !== null) observer.observe(element.value)
  })
  onBeforeUnmount(() => observer.disconnect())
  return isNear
}
