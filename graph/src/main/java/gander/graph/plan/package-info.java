// SPDX-License-Identifier: Apache-2.0
/**
 * Memory planning: {@link gander.graph.plan.PlanProblem} says what must be in memory when, {@link
 * gander.graph.plan.PlanSolver} finds offsets (greedily, then by {@link
 * gander.graph.plan.PlanSearch} in one of {@link gander.graph.plan.PlanOrders} after the other),
 * {@link gander.graph.plan.PlanValidator} checks them pair by pair, {@link
 * gander.graph.plan.PlanReport} says how good they are, {@link gander.graph.plan.PlanCsv} reads and
 * writes problems. Knows nothing of graphs or devices.
 */
@NullMarked
package gander.graph.plan;

import org.jspecify.annotations.NullMarked;
