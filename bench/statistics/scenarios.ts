import { dependenceScenarios } from './dependence-scenarios.ts';
import { peopleScenarios } from './people-scenarios.ts';
import type { Scenario } from './scenario.ts';

/** Every way in which the machine is attacked; the index of a scenario seeds it, so new ones go to the end. */
export const scenarios: readonly Scenario[] = [...dependenceScenarios, ...peopleScenarios];
