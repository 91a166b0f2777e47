import { Table, Text } from '@mantine/core'
import { RunSwatch } from '@renderer/charts/run-swatch'
import { valueText } from '@renderer/lib/setting-text'
import { type DescribedLeaf, describedIn, fullLabel } from '@shared/plan/fields'
import { type PlanValue, planDifferences } from '@shared/plan-differences'
import { useMemo } from 'react'
import type { ComparedRun } from './use-comparison'

const show = (setting: DescribedLeaf | undefined, value: PlanValue | undefined): string =>
  value === undefined ? '–' : setting ? valueText(setting, value) : String(value)

/** Only the settings in which the plans differ. Values equal to the first run's are grey. */
export function PlanTable({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const loaded = runs.flatMap(({ id, colour, details }) => (details ? [{ id, colour, run: details.run }] : []))
  const key = loaded.map(({ id }) => id).join()
  const plans = loaded.map(({ run }) => run.plan)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run's plan never changes
  const differences = useMemo(() => planDifferences(plans), [key])
  if (loaded.length < 2) return <Text className="quiet">Add another run to see where their plans differ.</Text>
  if (differences.length === 0) return <Text className="quiet">The plans differ in their names only.</Text>
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
          {differences.map(({ path, values }) => {
            const setting = describedIn(plans, path)
            const texts = values.map((value) => show(setting, value))
            return (
              <Table.Tr key={path}>
                <Table.Th scope="row" fw={400} title={path}>
                  {setting ? fullLabel(setting) : path}
                </Table.Th>
                {loaded.map(({ id }, i) => (
                  <Table.Td key={id} className={i > 0 && texts[i] === texts[0] ? 'quiet' : undefined}>
                    {texts[i]}
                  </Table.Td>
                ))}
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </section>
  )
}
