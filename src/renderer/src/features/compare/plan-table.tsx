import { Table, Text } from '@mantine/core'
import { type PlanValue, planDifferences } from '@shared/plan-differences'
import { useMemo } from 'react'
import { RunSwatch } from '../../components/run-swatch'
import type { ComparedRun } from './use-comparison'

const show = (value: PlanValue | undefined): string =>
  value === undefined ? '–' : Array.isArray(value) ? value.map(String).join(', ') : String(value)

/** Where the plans differ, and nothing else. Values as in the first run are quiet. */
export function PlanTable({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const loaded = runs.flatMap(({ id, colour, details }) => (details ? [{ id, colour, run: details.run }] : []))
  const key = loaded.map(({ id }) => id).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run's plan never changes
  const differences = useMemo(() => planDifferences(loaded.map(({ run }) => run.plan)), [key])
  if (loaded.length < 2) return <Text className="quiet">Add another run to see where their plans differ.</Text>
  if (differences.length === 0) return <Text className="quiet">The plans are the same, their names apart.</Text>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard
    <section className="panel compare-scroll" aria-label="Differences of the plans, scrollable" tabIndex={0}>
      <Table
        aria-label="Differences of the plans"
        className="compare-table compare-plans"
        miw={220 + 150 * loaded.length}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={220}>Setting</Table.Th>
            {loaded.map(({ id, colour, run }) => (
              <Table.Th key={id}>
                <div className="compare-run">
                  <RunSwatch colour={colour} />
                  <span className="clip" title={run.name}>
                    {run.name}
                  </span>
                </div>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ path, values }) => (
            <Table.Tr key={path}>
              <Table.Th scope="row" className="mono" fw={400}>
                {path}
              </Table.Th>
              {loaded.map(({ id }, i) => {
                const text = show(values[i])
                return (
                  <Table.Td key={id} className={i > 0 && text === show(values[0]) ? 'quiet' : undefined}>
                    {text}
                  </Table.Td>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
