/** Draws the program's icon in the sizes that desktops ask for: `node scripts/make-icons.mjs`, where a Chromium is. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'

const SIZES = [16, 32, 48, 64, 128, 256, 512, 1024]

const folder = resolve(import.meta.dirname, 'package')
const drawing = readFileSync(join(folder, 'icon.svg'), 'utf8')
mkdirSync(join(folder, 'icons'), { recursive: true })

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
for (const size of SIZES) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(`<style>*{margin:0}svg{display:block}</style>${drawing}`)
  writeFileSync(join(folder, 'icons', `${size}x${size}.png`), await page.screenshot({ omitBackground: true }))
  await page.close()
}
await browser.close()
