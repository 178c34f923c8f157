/** A symbolic link in the folder of the libraries, both names relative to it. */
export interface LibraryLink {
  readonly name: string
  readonly target: string
}

/**
 * The links that the dynamic linker looks for and that npm's archives cannot carry: every shorter version of a versioned library.
 * `libpq.so.5.18` → `libpq.so.5`, `libpq.so`; `libicudata.77.1.dylib` → `libicudata.77.dylib`, `libicudata.dylib`.
 */
export const listLibraryLinks = (files: readonly string[]): readonly LibraryLink[] => {
  const links = new Map<string, string>()
  for (const file of files) {
    const match = /^(?<base>.+?)(?<so>\.so)?(?<version>(?:\.\d+)+)(?<dylib>\.dylib)?$/.exec(file)?.groups
    if (!match || Boolean(match['so']) === Boolean(match['dylib'])) continue
    const numbers = (match['version'] ?? '').split('.').slice(1)
    for (let kept = 0; kept < numbers.length; kept++) {
      const version = numbers.slice(0, kept).map(number => `.${number}`)
      links.set(`${match['base']}${match['so'] ?? ''}${version.join('')}${match['dylib'] ?? ''}`, file)
    }
  }
  return [...links].filter(([name]) => !files.includes(name)).map(([name, target]) => ({ name, target }))
}
