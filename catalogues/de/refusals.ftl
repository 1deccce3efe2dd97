### Was Ablehnungen von Azure bedeuten.
