import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

const SERVER = 'http://localhost:4000'
const COMPRESSIBLE = /\.(js|css|html|svg)$/

/** Writes a .br and a .gz beside each text file, for a server that sends files as they are. */
const compress = (): Plugin => ({
  name: 'compress',
  apply: 'build',
  writeBundle: ({ dir }) => {
    if (dir === undefined) return
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !COMPRESSIBLE.test(entry.name)) continue
      const file = join(entry.parentPath, entry.name)
      const content = readFileSync(file)
      writeFileSync(`${file}.br`, brotliCompressSync(content))
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
    }
  },
})

export default defineConfig({
  plugins: [vue(), compress()],
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'charts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
            {
              name: 'controls',
              test: /node_modules[\\/](element-plus|@element-plus|@popperjs|@floating-ui|@vueuse|dayjs|lodash|lodash-es|async-validator)[\\/]/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: SERVER, ws: true },
      '/health': SERVER,
    },
  },
})
