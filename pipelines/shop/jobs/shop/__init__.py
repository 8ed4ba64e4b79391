"""What the sample shop alone needs: clicks joined with order items, and the star schema."""
