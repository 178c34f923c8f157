import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { SERVER_ENVIRONMENT, type ServerUser, spawnAs } from './runAs.ts'

/** The name under which the supervisor stands in the process list. */
export const SUPERVISOR_NAME = 'flakebench-postgres-supervisor'

/**
 * Runs the server and outlives us. Its stdin is a pipe that we hold: its end means that we died. Then it waits until the owner file has
 * named no living process for the grace period, and stops the server (SIGINT: a fast, clean shutdown). It ends with the server, and takes
 * its watching half along (they are one process group; the server's own children are not in it).
 */
const SCRIPT = `
owner_file=$1; grace_seconds=$2; shift 2
an_owner_lives() {
  while read -r pid started; do
    if [ -d "/proc/$$" ]; then
      { read -r line < "/proc/$pid/stat"; } 2>/dev/null || continue
      set -- \${line##*) }
      [ "$1" != Z ] && [ "\${20}" = "$started" ] && return 0
    else
      kill -0 "$pid" 2>/dev/null && return 0
      ps -p "$pid" >/dev/null 2>&1 && return 0
    fi
  done < "$owner_file"
  return 1
}
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
trap '' HUP INT
(
  read -r _ <&3
  absent_seconds=0
  while kill -0 "$server"; do
    if an_owner_lives; then absent_seconds=0
    elif [ "$absent_seconds" -ge "$grace_seconds" ]; then kill -INT "$server"; break
    else absent_seconds=$((absent_seconds + 1))
    fi
    sleep 1
  done
) 2>/dev/null &
exec 3<&-
trap 'kill -INT "$server"' TERM
while kill -0 "$server" 2>/dev/null; do wait "$server"; done
trap - TERM
kill -TERM 0
`

/** A server under its supervisor. */
export interface SupervisedServer {
  /** Whether the supervisor, and so the server, is gone. */
  hasEnded(): boolean
}

/** Starts the command under a supervisor, in a session of its own so that a Ctrl-C meant for us does not stop it. */
export const startSupervised = (options: {
  readonly command: readonly string[]
  readonly user: ServerUser
  readonly ownerFile: string
  readonly graceSeconds: number
  readonly logDescriptor: number
}): SupervisedServer => {
  const { command, user, ownerFile, graceSeconds, logDescriptor } = options
  const args = ['-c', SCRIPT, SUPERVISOR_NAME, ownerFile, String(Math.max(0, Math.ceil(graceSeconds))), ...command]
  const stdio = ['pipe', logDescriptor, logDescriptor] as const
  const child = spawn('/bin/sh', args, { ...spawnAs(user), cwd: '/', env: SERVER_ENVIRONMENT, detached: true, stdio: [...stdio] })
  closeSync(logDescriptor)
  let ended = false
  child.on('error', () => (ended = true)).on('exit', () => (ended = true))
  child.unref()
  // Never written to, so an error on it only says that the other end is gone, as `exit` does. It must not keep our process alive.
  child.stdin?.on('error', () => (ended = true))
  if (child.stdin && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  return { hasEnded: () => ended }
}
