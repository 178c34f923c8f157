/** The name of the file that a template is saved to: lookups-on-orders.yaml, lookups-on-orders-v2.json. */
export const documentName = (name: string, version: number | null, format: 'YAML' | 'JSON'): string => {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80)
  return `${plain === '' ? 'template' : plain}${version === null ? '' : `-v${version}`}.${format.toLowerCase()}`
}
