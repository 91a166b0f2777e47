import { Group, Kbd, Table, Title } from '@mantine/core'
import { Fragment } from 'react'
import { Panel } from './panel'

interface Shortcut {
  /** Alternative combinations; each is a list of keys held together. */
  readonly keys: readonly (readonly string[])[]
  readonly does: string
  readonly isElectronOnly?: boolean
}

const isMac = navigator.platform.startsWith('Mac')
const MOD = isMac ? '⌘' : 'Ctrl'
const ALT = isMac ? '⌥' : 'Alt'

const GROUPS: readonly { readonly title: string; readonly shortcuts: readonly Shortcut[] }[] = [
  {
    title: 'Everywhere',
    shortcuts: [
      { keys: [[MOD, 'K']], does: 'Find a page, an action, a setting or a run' },
      { keys: [[ALT, '1 … 9, 0']], does: 'Open the first ten pages of the left rail, in their order' },
      { keys: [[MOD, 'N']], does: 'New run', isElectronOnly: true },
    ],
  },
  {
    title: 'Table of runs',
    shortcuts: [
      { keys: [['↑'], ['↓'], ['Home'], ['End']], does: 'Move; with Shift, select' },
      { keys: [['Space']], does: 'Select' },
      { keys: [[MOD, 'A']], does: 'Select all' },
      { keys: [['Enter']], does: 'Open' },
      { keys: [['C']], does: 'Compare what is selected' },
      { keys: [['N']], does: 'Notes and tags' },
      { keys: [['F2']], does: 'Rename' },
      { keys: [['Delete']], does: 'Delete' },
      { keys: [['Shift', 'F10']], does: 'Menu of the run' },
      { keys: [['/']], does: 'Search' },
    ],
  },
  {
    title: 'New run',
    shortcuts: [{ keys: [['F1']], does: 'What the setting means; again, or Esc, closes it' }],
  },
  {
    title: 'Run',
    shortcuts: [{ keys: [['Esc']], does: 'Unpin the iteration' }],
  },
  {
    title: 'Explorer',
    shortcuts: [
      { keys: [['J'], ['K']], does: 'Next and previous step' },
      { keys: [['↓'], ['↑']], does: 'The same, once a step has the focus' },
      { keys: [['H'], ['L']], does: 'Previous and next trajectory' },
      { keys: [['C']], does: 'Go to the critical step' },
    ],
  },
  {
    title: 'Playground',
    shortcuts: [
      { keys: [[MOD, 'Enter']], does: 'Generate' },
      { keys: [['Esc']], does: 'Stop' },
      { keys: [['←'], ['→']], does: 'Previous and next token, once one is selected' },
    ],
  },
]

/** All keyboard shortcuts; everything else is reached with Tab. */
export const Shortcuts = ({ isElectron }: { readonly isElectron: boolean }) => (
  <Panel title="Keyboard">
    {GROUPS.map(({ title, shortcuts }) => (
      <Fragment key={title}>
        <Title order={3} fz="sm" mt="sm" mb={2}>
          {title}
        </Title>
        <Table verticalSpacing={3} aria-label={title}>
          <Table.Tbody>
            {shortcuts
              .filter(({ isElectronOnly }) => isElectron || !isElectronOnly)
              .map(({ keys, does }) => (
                <Table.Tr key={does}>
                  <Table.Th scope="row" w={190} fw={400}>
                    <Group gap={6}>
                      {keys.map((together) => (
                        <Group key={together.join()} gap={2} wrap="nowrap">
                          {together.map((key) => (
                            <Kbd key={key} size="xs">
                              {key}
                            </Kbd>
                          ))}
                        </Group>
                      ))}
                    </Group>
                  </Table.Th>
                  <Table.Td>{does}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </Fragment>
    ))}
  </Panel>
)
