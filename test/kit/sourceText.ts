import ts from 'typescript'

/** The script of a source file; of a Vue component, its script parts, on the lines where they stand. */
const scriptOf = (path: string, text: string): string => {
  if (!path.endsWith('.vue')) return text
  let script = ''
  for (const part of text.matchAll(/(<script[^>]*>)([\s\S]*?)<\/script>/g)) {
    const before = text.slice(0, part.index + (part[1]?.length ?? 0))
    script = script.padEnd(script.length + countLines(before) - countLines(script), '\n') + part[2]
  }
  return script
}

const countLines = (text: string): number => text.split('\n').length - 1

export const isCode = (path: string): boolean => /\.(ts|mjs|cjs|vue)$/.test(path) && !path.endsWith('.d.ts')

/** Calls `visit` for each node of the source, with the number of its line. */
export const walkSource = (path: string, text: string, visit: (node: ts.Node, line: number) => void): void => {
  const source = ts.createSourceFile('source.ts', scriptOf(path, text), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
  const walk = (node: ts.Node): void => {
    visit(node, source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1)
    ts.forEachChild(node, walk)
  }
  walk(source)
}

export interface SourceString {
  readonly line: number
  readonly text: string
}

/** The string and template literals of a source, but module names; what is interpolated stands as `_`. */
export const listStrings = (path: string, text: string): SourceString[] => {
  const strings: SourceString[] = []
  walkSource(path, text, (node, line) => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      if (!isModuleName(node)) strings.push({ line, text: node.text })
    } else if (ts.isTemplateExpression(node)) {
      strings.push({ line, text: [node.head, ...node.templateSpans.map(span => span.literal)].map(part => part.text).join('_') })
    }
  })
  return strings
}

const isModuleName = ({ parent }: ts.Node): boolean =>
  ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent)
