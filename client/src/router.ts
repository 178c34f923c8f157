import { createRouter, createWebHistory } from 'vue-router'
import { nextPath } from './features/signIn/nextPath.ts'
import TemplatesPage from './features/templates/TemplatesPage.vue'
import { holdScroll, releaseScroll } from './scrollPlace.ts'
import { useSession } from './stores/session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** The part of the console a page belongs to, as the rail and the breadcrumb call it. */
    readonly section: string
    readonly sectionPath: string
    /** Without rail and top bar: for who is not let in yet. */
    readonly isBare?: boolean
    /** Of pages that stay the same page under several paths. */
    readonly pageKey?: string
  }
}

const RUNS = { section: 'Runs', sectionPath: '/runs' }
const TEMPLATES = { section: 'Templates', sectionPath: '/templates' }
const COMPARE = { section: 'Compare', sectionPath: '/compare' }
const CONNECTIONS = { section: 'Connections', sectionPath: '/connections' }
const SETTINGS = { section: 'Settings', sectionPath: '/settings', pageKey: 'settings' }

const loadTemplateEditor = () => import('./features/templateEditor/TemplateEditorPage.vue')
const loadRunPage = () => import('./features/run/RunPage.vue')

/** The charts are the heaviest part of the console: they come with the run page, fetched when the first page is at rest. */
export const preloadRunPage = (): void => void loadRunPage()

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => {
    if (to.path === from.path) return false
    releaseScroll()
    if (saved === null) return { top: 0 }
    // The page has not read what it shows yet.
    holdScroll(saved)
    return false
  },
  routes: [
    { path: '/', redirect: '/templates' },
    { path: '/templates', component: TemplatesPage, meta: TEMPLATES },
    { path: '/templates/new', component: loadTemplateEditor, meta: TEMPLATES },
    { path: '/templates/:id', component: loadTemplateEditor, props: true, meta: TEMPLATES },
    { path: '/runs', component: () => import('./features/history/HistoryPage.vue'), meta: RUNS },
    { path: '/runs/:id/executions', component: () => import('./features/executions/ExecutionsPage.vue'), props: true, meta: RUNS },
    { path: '/runs/:id', component: loadRunPage, props: true, meta: RUNS },
    { path: '/compare', component: () => import('./features/compare/ComparePage.vue'), meta: COMPARE },
    { path: '/connections', component: () => import('./features/connections/ConnectionsPage.vue'), meta: CONNECTIONS },
    { path: '/settings/:part?', component: () => import('./features/settings/SettingsPage.vue'), props: true, meta: SETTINGS },
    {
      path: '/sign-in',
      component: () => import('./features/signIn/SignInPage.vue'),
      meta: { section: 'Sign in', sectionPath: '/sign-in', isBare: true },
    },
    {
      path: '/:rest(.*)*',
      component: () => import('./features/notFound/NotFoundPage.vue'),
      meta: { section: 'Not found', sectionPath: '/' },
    },
  ],
})

/** Nobody sees a page before it is known who they are; who must sign in is led there, and back. */
router.beforeEach(async to => {
  const session = useSession()
  await session.firstAnswer
  if (session.mustSignIn && to.path !== '/sign-in') return { path: '/sign-in', query: { next: to.fullPath } }
  if (to.path === '/sign-in' && session.viewer !== null && !session.mustSignIn) return nextPath(to.query['next'])
  return true
})
