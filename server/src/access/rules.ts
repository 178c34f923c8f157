import type { Role } from '@flakebench/contract'

/** ANYBODY: also who has not signed in. SIGNED_IN: whoever has, whatever their role. */
export type Rule = Role | 'SIGNED_IN' | 'ANYBODY'

/** Who may ask for each root field. A schema with a field that has no rule is not built. */
export const RULES: Readonly<Record<string, Rule>> = {
  'Query.health': 'ANYBODY',
  'Query.viewer': 'ANYBODY',
  'Mutation.signIn': 'ANYBODY',
  'Mutation.signOut': 'ANYBODY',

  'Mutation.changePassword': 'SIGNED_IN',

  'Query.apiTokens': 'VIEWER',
  'Query.checkTemplate': 'VIEWER',
  'Query.compareRuns': 'VIEWER',
  'Query.connections': 'VIEWER',
  'Query.readTemplateDocument': 'VIEWER',
  'Query.run': 'VIEWER',
  'Query.runs': 'VIEWER',
  'Query.series': 'VIEWER',
  'Query.serverSettings': 'VIEWER',
  'Query.tags': 'VIEWER',
  'Query.template': 'VIEWER',
  'Query.templateDocument': 'VIEWER',
  'Query.templates': 'VIEWER',
  'Query.warehouseDetails': 'VIEWER',
  'Query.warehouseSizes': 'VIEWER',
  'Mutation.createApiToken': 'VIEWER',
  'Mutation.exportRun': 'VIEWER',
  'Mutation.exportRuns': 'VIEWER',
  'Mutation.revokeApiToken': 'VIEWER',
  'Subscription.runLogs': 'VIEWER',
  'Subscription.runUpdated': 'VIEWER',
  'Subscription.runsChanged': 'VIEWER',

  'Mutation.annotateRun': 'OPERATOR',
  'Mutation.deleteRun': 'OPERATOR',
  'Mutation.enrichRun': 'OPERATOR',
  'Mutation.importRun': 'OPERATOR',
  'Mutation.loadExecutions': 'OPERATOR',
  'Mutation.preparePools': 'OPERATOR',
  'Mutation.prepareRun': 'OPERATOR',
  'Mutation.rerun': 'OPERATOR',
  'Mutation.restoreRun': 'OPERATOR',
  'Mutation.setWorkerTarget': 'OPERATOR',
  'Mutation.startRun': 'OPERATOR',
  'Mutation.stopRun': 'OPERATOR',
  'Mutation.testConnection': 'OPERATOR',

  'Query.catalogDatabases': 'AUTHOR',
  'Query.catalogSchemas': 'AUTHOR',
  'Query.catalogTable': 'AUTHOR',
  'Query.catalogTables': 'AUTHOR',
  'Query.catalogWarehouses': 'AUTHOR',
  'Query.postgresCapabilities': 'AUTHOR',
  'Query.templateStatements': 'AUTHOR',
  'Mutation.createTemplate': 'AUTHOR',
  'Mutation.deleteTemplate': 'AUTHOR',
  'Mutation.duplicateTemplate': 'AUTHOR',
  'Mutation.importTemplate': 'AUTHOR',
  'Mutation.tryStatement': 'AUTHOR',
  'Mutation.updateTemplate': 'AUTHOR',

  'Query.auditLog': 'ADMIN',
  'Query.users': 'ADMIN',
  'Mutation.createConnection': 'ADMIN',
  'Mutation.createUser': 'ADMIN',
  'Mutation.deleteConnection': 'ADMIN',
  'Mutation.deleteUser': 'ADMIN',
  'Mutation.setDefaultConnection': 'ADMIN',
  'Mutation.tryConnection': 'ADMIN',
  'Mutation.updateConnection': 'ADMIN',
  'Mutation.updateUser': 'ADMIN',
}

/** Where a bundle is sent to, which is no field. */
export const BUNDLES_RULE: Role = 'OPERATOR'
/** Files that were exported. */
export const EXPORTS_RULE: Role = 'VIEWER'
