import { Anchor, Box, Collapse, Group, Table, Text } from '@mantine/core'
import type { ProgramInfo } from '@shared/contract/system'
import { useState } from 'react'
import { Panel } from './panel'

interface Licence {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly isDirect: boolean
}

/** Filled in when the program is built, from its lock file. */
declare const __LICENCES__: readonly Licence[]

/** Versions of the program and of its packages. */
export function Licences({ info }: { readonly info: ProgramInfo }) {
  const [isShown, setShown] = useState(false)
  const runtimes = Object.entries(info.runtimes).map(([name, version]) => `${name} ${version}`)
  return (
    <Panel title="Versions and licences">
      <Text size="sm">
        GPO Studio {info.version}, MIT licence. Runs on {runtimes.join(', ')} and {info.platform}.
      </Text>
      <Group mt="sm">
        <Anchor component="button" type="button" size="sm" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'} the {__LICENCES__.length} runtimes and packages it ships with
        </Anchor>
      </Group>
      <Collapse expanded={isShown}>
        <Box mah={320} mt="sm" style={{ overflow: 'auto' }} tabIndex={0} role="region" aria-label="Packages">
          <Table stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Package</Table.Th>
                <Table.Th>Version</Table.Th>
                <Table.Th>Licence</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {__LICENCES__.map(({ name, version, licence, isDirect }) => (
                <Table.Tr key={`${name}@${version}`}>
                  <Table.Th scope="row" fw={isDirect ? 600 : 400}>
                    {name}
                  </Table.Th>
                  <Table.Td>{version}</Table.Td>
                  <Table.Td>{licence}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Box>
      </Collapse>
    </Panel>
  )
}
