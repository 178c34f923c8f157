/** Line icons on a 16 × 16 grid, drawn with a round 1.5 px stroke. */
export const ICON_PATHS = {
  runs: 'M2 8h2.5l2-5 3 10 2-5H14',
  templates: 'M2.75 3.25h10.5v3H2.75zM2.75 9.25h4.5v3.5h-4.5zM10 9.25h3.25v3.5H10z',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14',
  play: 'M5 3.2v9.6l7.6-4.8z',
  stop: 'M4 4h8v8H4z',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7.2v3.6M9.3 7.2v3.6',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  minus: 'M3.5 8h9',
  circle: 'M8 13a5 5 0 1 0 0-10 5 5 0 0 0 0 10z',
  dots: 'M3 8h.01M8 8h.01M13 8h.01',
  pulse: 'M1.5 8H5l1.8-4.5 2.6 9L11 8h3.5',
  alert: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4V11M8 5h.01',
  right: 'M6 3.5 10.5 8 6 12.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
  plug: 'M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9V8a4.5 4.5 0 0 1-9 0zM8 12.5V15',
  close: 'M4 4l8 8M12 4l-8 8',
} as const

export type IconName = keyof typeof ICON_PATHS
