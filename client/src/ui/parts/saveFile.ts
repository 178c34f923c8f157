/** Hands the browser something to save. */
const save = (href: string, name: string): void => {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}

const saveBlob = (parts: readonly string[], name: string, type: string): void => {
  const url = URL.createObjectURL(new Blob([...parts], { type: `${type};charset=utf-8` }))
  save(url, name)
  setTimeout(() => URL.revokeObjectURL(url))
}

/** Saves a text for spreadsheets: the byte order mark tells them that it is UTF-8. */
export const saveText = (text: string, name: string, type: string): void => saveBlob(['\uFEFF', text], name, type)

/** Saves a text as it is. */
export const saveDocument = (text: string, name: string, type: string): void => saveBlob([text], name, type)

/** Saves what the server keeps at `url`. */
export const saveFrom = (url: string, name: string): void => save(url, name)
