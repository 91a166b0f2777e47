import { Table, Text, Title } from '@mantine/core'
import { RunSwatch } from '@renderer/charts/run-swatch'
import type { Study } from '@shared/schemas/study'
import { useMemo } from 'react'
import { armColour } from './arm-curves'
import { changedSettings, plansOf } from './words'

/** The arms before the start, by what they change. */
export function PlannedArms({ document }: { readonly document: Study }) {
  const plans = useMemo(() => plansOf(document), [document])
  const names = document.arms.map(({ name }) => name)
  return (
    <section className="panel experiments-panel" aria-labelledby="planned">
      <Title order={2} id="planned" mb={4}>
        Arms
      </Title>
      <Table aria-label="Arms of the experiment" className="experiments-table" horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Arm</Table.Th>
            <Table.Th>What it changes</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {document.arms.map(({ name, changes, why }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                <div className="experiments-arm">
                  <RunSwatch colour={armColour(names, name)} />
                  <Text span size="sm" fw={600} className="experiments-wrap">
                    {name}
                  </Text>
                  {name === document.base && (
                    <Text span size="xs" className="quiet">
                      base
                    </Text>
                  )}
                </div>
              </Table.Th>
              <Table.Td>
                {changedSettings(changes, plans).map(({ path, label, value }) => (
                  <Text key={path} size="sm" title={path} className="experiments-wrap">
                    {label}: {value}
                  </Text>
                ))}
                {Object.keys(changes).length === 0 && <Text size="sm">The plan as it is</Text>}
                {why && (
                  <Text size="xs" className="quiet experiments-wrap">
                    {why}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
