/** What became of a file that was sent: its id for `importRun`, or why it was not taken. */
type SentBundle = { readonly file: string; readonly problem: null } | { readonly file: null; readonly problem: string }

const refused = (problem: string): SentBundle => ({ file: null, problem })

const answerOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? (answer as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** Sends a bundle as it is. `onProgress` hears how much of it is sent, from 0 to 1; never throws. */
export const sendBundle = (file: Blob, onProgress: (sentRate: number) => void): Promise<SentBundle> =>
  new Promise(resolve => {
    // fetch does not tell how much is sent.
    const request = new XMLHttpRequest()
    request.upload.onprogress = event => onProgress(event.total > 0 ? event.loaded / event.total : 0)
    request.onload = () => {
      const { file: id, error } = answerOf(request.responseText)
      if (request.status === 201 && typeof id === 'string') resolve({ file: id, problem: null })
      else resolve(refused(typeof error === 'string' ? error : `The server refused the file (${request.status}).`))
    }
    request.onerror = () => resolve(refused('The file could not be sent: check that the server is running, and that it can be read.'))
    request.open('POST', '/bundles')
    request.setRequestHeader('Content-Type', 'application/gzip')
    request.send(file)
  })
