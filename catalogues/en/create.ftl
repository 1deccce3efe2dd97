### Create an instance.
