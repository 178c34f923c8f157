// What `npm start` and `npm test` do on a machine that has only Node and npm: the pinned pnpm through npx, install, build, then the thing itself.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [what, ...rest] = process.argv.slice(2)
const { packageManager, engines } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

const [major, minor] = process.versions.node.split('.').map(Number)
const [leastMajor, leastMinor] = engines.node.match(/\d+/g).map(Number)
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  console.error(`FlakeBench needs Node ${engines.node}; this is ${process.versions.node}. Install a newer one from nodejs.org.`)
  process.exit(1)
}

// npm passes its own settings on in the environment, some of which the pnpm that it starts would complain about.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name) || /registry|cafile|proxy|cache/i.test(name)),
)

const run = (words, command, args, quiet) => {
  const started = Date.now()
  if (quiet) process.stdout.write(`· ${words}\n`)
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (error !== undefined || status !== 0) {
    if (quiet)
      process.stderr.write(
        `${stdout ?? ''}${stderr ?? ''}\n${words} failed${error === undefined ? '' : `: ${error.message}`}. The lines above say why.\n`,
      )
    process.exit(status ?? 1)
  }
  if (quiet) process.stdout.write(`✓ ${words} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`)
}

const npx = `${dirname(process.execPath)}/npx`
const pnpm = (...args) => ['-y', packageManager, ...args]
run('Installing packages', npx, pnpm('install', '--frozen-lockfile', '--prefer-offline'), true)
if (what === 'test') run('Checks', npx, pnpm('run', 'check'), false)
else {
  run('Building', npx, pnpm('run', 'build'), true)
  // In this very process, so that Ctrl-C reaches the server and nothing stands between.
  process.argv.splice(1, process.argv.length - 1, `${root}server/dist/main.js`, ...(what === 'start' ? rest : [what, ...rest]))
  await import('../server/dist/main.js')
}
