/** Takes a problem with a field; the words continue its path. */
export type Find = (path: string, message: string) => void

/** Without the blanks around it; null when it is left out or blank. */
export const given = (text: string | null | undefined): string | null => text?.trim() || null
