/** Who may import whom; one sentence a rule. `pnpm deps` checks them all. */
const rule = (name, comment, path, to) => ({ name, comment, severity: 'error', from: { path }, to })
const only = (...paths) => ({ pathNot: paths })
const never = (...paths) => ({ path: paths })

module.exports = {
  forbidden: [
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    rule(
      'contract-is-pure',
      'The agreement depends on nothing but its schema library and the histogram.',
      '^sql/contract/src',
      only('^sql/contract', 'hdr-histogram-js', 'zod'),
    ),
    rule(
      'decide-is-pure',
      'No I/O, clock, GraphQL or SQL in a decision.',
      '^server/src/decide',
      only('^server/src/decide', '^sql/contract'),
    ),
    rule(
      'pace-and-measure-are-pure',
      'Clock and sockets are passed in.',
      '^worker/src/(pace|measure)',
      only('^worker/src/(pace|measure)', '^sql/contract', 'hdr-histogram-js'),
    ),
    rule('store-never-calls-up', 'SQL answers; it does not decide.', '^sql/store', never('^(server|worker|client)')),
    rule('worker-never-imports-server', 'They meet in the control tables only.', '^worker', never('^(server|client)')),
    rule('server-never-imports-worker', 'The orchestrator starts workers as processes.', '^server', never('^(worker|client)')),
    rule(
      'orchestrator-knows-no-graphql',
      'The API calls the orchestrator, never back.',
      '^server/src/orchestrator',
      never('^server/src/api', 'graphql'),
    ),
    rule('client-knows-only-the-schema', 'schema.graphql is its one contract.', '^client', never('^(server|worker|sql)')),
    rule('ui-knows-no-feature', 'Props in, events out.', '^client/src/ui', never('^client/src/(features|api)')),
    rule('no-cross-feature', 'Share through ui/, stores/ or api/.', '^client/src/features/([^/]+)/', {
      path: '^client/src/features/',
      pathNot: '^client/src/features/$1/',
    }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|/generated/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'], extensions: ['.ts', '.js', '.vue'] },
  },
}
