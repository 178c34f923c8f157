import { createRouter, createWebHistory } from 'vue-router'
import TemplatesPage from './features/templates/TemplatesPage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** The part of the console a page belongs to, as the rail and the breadcrumb call it. */
    readonly section: string
    readonly sectionPath: string
  }
}

const RUNS = { section: 'Runs', sectionPath: '/runs' }
const TEMPLATES = { section: 'Templates', sectionPath: '/templates' }
const COMPARE = { section: 'Compare', sectionPath: '/compare' }
const CONNECTIONS = { section: 'Connections', sectionPath: '/connections' }

const loadRunPage = () => import('./features/run/RunPage.vue')

/** The charts are the heaviest part of the console: they come with the run page, fetched when the first page is at rest. */
export const preloadRunPage = (): void => void loadRunPage()

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => (to.path === from.path ? undefined : (saved ?? { top: 0 })),
  routes: [
    { path: '/', redirect: '/templates' },
    { path: '/templates', component: TemplatesPage, meta: TEMPLATES },
    { path: '/runs', component: () => import('./features/history/HistoryPage.vue'), meta: RUNS },
    { path: '/runs/:id/executions', component: () => import('./features/executions/ExecutionsPage.vue'), props: true, meta: RUNS },
    { path: '/runs/:id', component: loadRunPage, props: true, meta: RUNS },
    { path: '/compare', component: () => import('./features/compare/ComparePage.vue'), meta: COMPARE },
    { path: '/connections', component: () => import('./features/connections/ConnectionsPage.vue'), meta: CONNECTIONS },
    {
      path: '/:rest(.*)*',
      component: () => import('./features/notFound/NotFoundPage.vue'),
      meta: { section: 'Not found', sectionPath: '/' },
    },
  ],
})
