// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/** The ten classes of {@link Strokes}; the label of a class is its place here. */
enum Glyph {
  CIRCLE {
    @Override
    void draw(Pen pen, Draws draws) {
      double radius = draws.between(0.72, 0.9);
      double width = radius * draws.between(0.72, 1.0);
      double start = draws.between(0, TURN);
      // A hand closes a circle nearly, or a little too far.
      pen.arc(
          start, draws.between(0.95, 1.05) * TURN, width, radius, draws.between(0.92, 1.08), 28);
    }
  },
  TRIANGLE {
    @Override
    void draw(Pen pen, Draws draws) {
      double topX = draws.between(-0.25, 0.25);
      double topY = draws.between(-0.95, -0.75);
      double leftX = draws.between(-0.95, -0.75);
      double leftY = draws.between(0.6, 0.85);
      pen.moveTo(topX, topY);
      pen.lineTo(leftX, leftY);
      pen.lineTo(draws.between(0.75, 0.95), draws.between(0.6, 0.85));
      pen.lineTo(topX, topY);
    }
  },
  SQUARE {
    @Override
    void draw(Pen pen, Draws draws) {
      double x = -draws.between(0.65, 0.85);
      double y = -draws.between(0.65, 0.85);
      pen.moveTo(x, y);
      pen.lineTo(draws.between(0.65, 0.85), y + draws.between(-0.12, 0.12));
      pen.lineTo(draws.between(0.65, 0.85), draws.between(0.65, 0.85));
      pen.lineTo(x + draws.between(-0.12, 0.12), draws.between(0.65, 0.85));
      pen.lineTo(x, y);
    }
  },
  PLUS {
    @Override
    void draw(Pen pen, Draws draws) {
      double x = draws.between(-0.15, 0.15);
      double y = draws.between(-0.2, 0.2);
      pen.moveTo(x + draws.between(-0.1, 0.1), draws.between(-1, -0.75));
      pen.lineTo(x + draws.between(-0.1, 0.1), draws.between(0.75, 1));
      pen.moveTo(draws.between(-0.95, -0.7), y + draws.between(-0.1, 0.1));
      pen.lineTo(draws.between(0.7, 0.95), y + draws.between(-0.1, 0.1));
    }
  },
  CROSS {
    @Override
    void draw(Pen pen, Draws draws) {
      pen.moveTo(draws.between(-0.9, -0.6), draws.between(-0.9, -0.65));
      pen.lineTo(draws.between(0.6, 0.9), draws.between(0.65, 0.9));
      pen.moveTo(draws.between(0.6, 0.9), draws.between(-0.9, -0.65));
      pen.lineTo(draws.between(-0.9, -0.6), draws.between(0.65, 0.9));
    }
  },
  ZIGZAG {
    @Override
    void draw(Pen pen, Draws draws) {
      pen.moveTo(-1, draws.between(0.35, 0.65));
      double side = 1;
      for (int i = 1; i <= 3; i++) {
        side = -side;
        double jitter = i == 3 ? 0 : draws.between(-0.08, 0.08);
        pen.lineTo(i / 1.5 - 1 + jitter, side * draws.between(0.4, 0.75));
      }
    }
  },
  WAVE {
    @Override
    void draw(Pen pen, Draws draws) {
      pen.moveTo(-1, draws.between(-0.1, 0.1));
      // A curve's crest lies half-way to its control point.
      pen.curveTo(-0.5, -draws.between(0.75, 1.15), 0, draws.between(-0.1, 0.1));
      pen.curveTo(0.5, draws.between(0.75, 1.15), 1, draws.between(-0.1, 0.1));
    }
  },
  SPIRAL {
    @Override
    void draw(Pen pen, Draws draws) {
      double start = draws.between(-0.4, 0.4);
      double turns = draws.between(1.5, 1.7);
      double inner = draws.between(0.03, 0.08);
      pen.arc(start, turns * TURN, inner, inner, draws.between(0.9, 1.05) / inner, 48);
    }
  },
  ARROW {
    @Override
    void draw(Pen pen, Draws draws) {
      double tipX = draws.between(0.8, 1);
      double tipY = draws.between(-0.35, 0.35);
      double headX = tipX - draws.between(0.45, 0.65);
      double half = draws.between(0.4, 0.6);
      pen.moveTo(draws.between(-1, -0.85), -tipY);
      pen.lineTo(tipX, tipY);
      pen.moveTo(headX, tipY - half);
      pen.lineTo(tipX, tipY);
      pen.lineTo(headX, tipY + half + draws.between(-0.1, 0.1));
    }
  },
  HEART {
    @Override
    void draw(Pen pen, Draws draws) {
      double notch = draws.between(-0.5, -0.3);
      double bottom = draws.between(0.85, 1);
      double shoulder = draws.between(-0.95, -0.8);
      double width = draws.between(0.8, 0.95);
      double middle = draws.between(-0.08, 0.08);
      for (int side = -1; side <= 1; side += 2) {
        pen.moveTo(middle, notch);
        pen.curveTo(side * 0.1, shoulder, side * 0.5 * width, shoulder);
        pen.curveTo(side * width, shoulder, side * width, -0.3);
        pen.curveTo(side * width, 0.2, 0, bottom);
      }
    }
  };

  private static final double TURN = 2 * Math.PI;

  /** Draws one glyph of this class; what varies is taken from the draws, in a fixed order. */
  abstract void draw(Pen pen, Draws draws);
}
