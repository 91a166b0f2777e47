import { Table, Text, Title } from '@mantine/core'
import { RunSwatch } from '@renderer/charts/run-swatch'
import type { Study } from '@shared/schemas/study'
import { useMemo } from 'react'
import { ArmChanges } from './arm-changes'
import { armColour } from './arm-curves'
import { plansOf } from './words'

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
          {document.arms.map((arm) => (
            <Table.Tr key={arm.name}>
              <Table.Th scope="row" fw={400}>
                <div className="experiments-arm">
                  <RunSwatch colour={armColour(names, arm.name)} />
                  <Text span size="sm" fw={600} className="experiments-wrap">
                    {arm.name}
                  </Text>
                  {arm.name === document.base && (
                    <Text span size="xs" className="quiet">
                      base
                    </Text>
                  )}
                </div>
              </Table.Th>
              <Table.Td>
                <ArmChanges arm={arm} plans={plans} size="sm" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
