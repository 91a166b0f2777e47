/** Sampling servers in Settings: another machine needs consent, an address is asked what it is, New run offers them, and a run refuses what was removed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { scriptedServer } from '../support/scripted-server'
import { journey } from './support/journey'

const FOREIGN = 'http://gpu1.example:8000'

journey('a sampling server is named, asked what it is, offered to a run, and removed', async ({ page, home, go }) => {
  const { address } = await scriptedServer(({ path }) =>
    path === '/version'
      ? { json: { version: '0.11.0' } }
      : path === '/v1/models'
        ? { json: { data: [{ id: 'tiny' }] } }
        : { status: 404, text: 'no' },
  )
  const kept = () => JSON.parse(readFileSync(join(home, 'servers.json'), 'utf8')).servers
  await go('/settings')
  const list = page.getByRole('list', { name: 'Sampling servers' })
  const form = page.getByRole('dialog')

  // Another machine: what is sent there is said, and it is not added before that is allowed.
  await page.getByRole('button', { name: 'Add a server' }).click()
  await form.getByLabel('Address').fill('gpu1.example')
  await form.getByText(/no address of a server: write it like/).waitFor()
  await form.getByLabel('Address').fill(`${FOREIGN}/`)
  await form.getByText('gpu1.example:8000 is another machine').waitFor()
  await form.getByText(/prompts of their data and, after every update, the trained adapter/).waitFor()
  const add = form.getByRole('button', { name: 'Add', exact: true })
  expect(await add.isDisabled()).toBe(true)
  await form.getByLabel('Prompts and adapters may be sent there').check()
  await form.getByRole('switch', { name: /cannot read this machine/ }).check()
  expect(await add.isDisabled()).toBe(true)
  await form.getByLabel('Command that copies the adapter').fill('rsync -a {from}/ gpu1')
  await form.getByText(/has no \{to\}/).waitFor()
  await form.getByLabel('Command that copies the adapter').fill('rsync -a {from}/ gpu1:{to}/')
  await form.getByLabel('Folder on the server').fill('/tmp/gpo')
  await add.click()
  await list.getByText(FOREIGN).waitFor()
  const copy = { command: 'rsync -a {from}/ gpu1:{to}/', folder: '/tmp/gpo' }
  expect(kept()).toEqual([{ address: FOREIGN, copy }])

  // This machine: no question.
  await page.getByRole('button', { name: 'Add a server' }).click()
  await form.getByLabel('Address').fill(address)
  await add.click()
  await page.getByRole('button', { name: `Ask ${address} what it is` }).click()
  await list.getByText(/It is vllm 0\.11\.0 with tiny, and answered in \d+ ms/).waitFor()

  await page.getByRole('button', { name: `Remove ${FOREIGN}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await list.getByText(FOREIGN).waitFor({ state: 'detached' })
  expect(kept()).toEqual([{ address, copy: null }])

  // New run offers what is listed.
  await go('/new')
  await page.getByPlaceholder(/Find a setting/).fill('Servers that sample')
  await page.getByRole('option', { name: /^Servers that sample/ }).click()
  await page.getByLabel('Servers that sample', { exact: true }).click()
  await page.getByRole('option', { name: address }).click()
  await page.getByText(address).first().waitFor()
})
