import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './ui/elementPlus.ts'
import './ui/styles/tokens.css'
import './ui/styles/elementPlus.css'
import './ui/styles/base.css'
import './ui/styles/table.css'
import App from './App.vue'
import { router } from './router.ts'
import { useConnection } from './stores/connection.ts'
import { useTheme } from './stores/theme.ts'

const app = createApp(App).use(createPinia()).use(router)
useTheme()
useConnection()
app.mount('#app')
